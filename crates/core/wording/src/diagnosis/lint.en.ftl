### Findings of lint.
