"""Scripts that Argo CD runs: read as text (syntax), found with their tests (fixtures), and run as it runs them."""
