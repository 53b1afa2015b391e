"""Autofocus: methods as plain functions side by side."""
