"""What is open in a browser tab, and what the user does with it: joins the session to the services. Draws nothing."""
