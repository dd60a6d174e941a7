### What was read, and what was not.

problem-not-recognised = not recognised as any kind of evidence
problem-more = { $count } more places in this file were not understood
