"""The door for assistants: tools over the Model Context Protocol, under the permissions of whoever runs it."""
