### Nálezy příkazu lint.
