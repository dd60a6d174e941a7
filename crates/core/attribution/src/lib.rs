//! Whose mail it is: the rules A0 to A13, their verdict and its reasoning.
