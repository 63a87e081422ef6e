"""Files of companies, products, people and facts: staged, checked, then applied in one transaction.

`services.import_file` is the way in; `kinds` says what can be loaded; docs/data-formats.md is the contract.
"""
