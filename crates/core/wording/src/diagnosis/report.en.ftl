### The frame of a diagnosis.

certainty-certain = certain
certainty-likely = likely
certainty-possible = possible
