"""What is known of models without asking: what they accept, cost, and how they count."""
