"""The US Department of Defense: section 1260H, Chinese military companies."""
