"""The bundle: consented as of one instant, pseudonymised, reproducible to the byte. Start reading at `job`."""
