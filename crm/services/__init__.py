"""Every change of a company or a fact that a person makes: whole or not at all, and on the record."""
