### Příčiny na cestě a doklady, které chybí.
