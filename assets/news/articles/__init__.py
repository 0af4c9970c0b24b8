"""Articles and headlines: pages read, addresses and times, copies of one text, feeds."""
