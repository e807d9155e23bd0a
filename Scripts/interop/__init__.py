"""Checks that this program and the tools of AWS and Anthropic understand each other."""
