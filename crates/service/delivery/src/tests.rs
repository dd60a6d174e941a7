//! Delivery over a real store to a scripted next hop.
