### Rámec diagnózy.

certainty-certain = jisté
certainty-likely = pravděpodobné
certainty-possible = možné
