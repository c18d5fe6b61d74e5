// Nothing needs this script: it presses the button that a page has anyway.
