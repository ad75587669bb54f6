"""Transport only: SSH to nodes, HTTP to Kubernetes and heketi."""
