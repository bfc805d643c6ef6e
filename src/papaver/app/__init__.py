"""The only place that knows everything: registry, commands, server, settings, the demo."""
