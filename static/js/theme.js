// The theme as on the device, before anything is drawn. Without JavaScript: light.
if (matchMedia("(prefers-color-scheme: dark)").matches) document.documentElement.dataset.bsTheme = "dark";
