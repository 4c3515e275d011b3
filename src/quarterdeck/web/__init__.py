"""The composition root: addresses, navigation, wiring, built assets. It knows every app; no app knows it."""
