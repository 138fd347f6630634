"""The platform: a Django project, its database and its pages."""
