### Příčiny v certifikátu a v konektoru, který ho má znát.
