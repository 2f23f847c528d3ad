// Loaded before the page is drawn, so that controls which need scripts neither flash nor stay dead.
document.documentElement.classList.add('js')
