"""Assembles the house: settings, wiring, web server, scheduler, command line. Decides nothing."""
