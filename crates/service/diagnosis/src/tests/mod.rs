//! Causes by evidence made by hand: for each what must be found, and twins in which it must not.

mod addresses;
mod c01;
mod c04;
mod changes;
mod commands;
mod domains;
mod misleading;
mod path;
mod readings;
mod relay;
mod servers;
mod texts;
mod world;
