"""The benchmarks: our pages beside their peers on the same rows, as ratios. How to read them: docs/performance.md."""
