"""The physical panel: a night without a phone, by buttons, a light, a buzzer, a few lines of text."""
