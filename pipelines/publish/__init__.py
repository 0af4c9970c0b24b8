"""From core tables to the published file: build, marts, metadata."""
