### Příčiny v adresách, doménách a odesílatelích.
