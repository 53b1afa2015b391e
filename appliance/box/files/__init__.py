"""The images' folder for people: looked through, downloaded, deleted, copied to a drive."""
