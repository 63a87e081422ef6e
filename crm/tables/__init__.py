"""The lists of companies and facts as they are declared: columns, orders, totals."""
