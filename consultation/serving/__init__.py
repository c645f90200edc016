"""How the application is served: logs, metrics, and reading from replicas. docs/scaling.md."""
