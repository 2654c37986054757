"""The colours of all charts: tones of Okabe and Ito's palette, which the colour-blind tell apart, that stand out on
white and on black alike."""

MAIN, ACCENT, MUTED = "#3b8fd0", "#e07b00", "#8a8a8a"
