"""The pages of companies and facts."""
