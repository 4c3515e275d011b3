"""Administration of access: grants, roles, groups, users, tokens, elevation; the face of `access`."""
