"""What a study is asked beside the comparison, and the answers from its replications."""
