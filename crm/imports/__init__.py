"""Files of companies, products, people and facts: received, checked, then applied in one transaction.

`services` has what can be asked for, `work` who does it, `steps` what is done; `kinds` says what can be loaded;
docs/data-formats.md is the contract.
"""
