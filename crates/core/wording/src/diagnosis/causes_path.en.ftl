### Causes on the way, and what evidence is missing.
