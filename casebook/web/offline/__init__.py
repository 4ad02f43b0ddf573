"""Reading without a network: the service worker of the site, and the whole site as a zip."""
