"""What narrows the lists; it stands in the address, so that a view can be kept and sent."""
