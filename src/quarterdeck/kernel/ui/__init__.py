"""The look and the frame: navigation, scope, as-of date, components, charts, slots and toasts of every page."""
