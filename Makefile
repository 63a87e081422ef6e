# The commands are in dev.py; these are their short names.
.PHONY: up test check lock bench
up test check lock bench:
	python3 dev.py $@
