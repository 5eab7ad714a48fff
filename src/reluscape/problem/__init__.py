"""What is minimised: data, loss, penalty and network, each checked once."""
