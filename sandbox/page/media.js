// Draws sample pictures and encodes files as base64.

export function toBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}

// A random landscape.
export function drawPicture(name) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 960, height: 640 })
  const pen = canvas.getContext('2d')
  const hue = Math.floor(Math.random() * 360)
  const sky = pen.createLinearGradient(0, 0, 0, 640)
  sky.addColorStop(0, `hsl(${hue} 70% 72%)`)
  sky.addColorStop(1, `hsl(${(hue + 40) % 360} 80% 92%)`)
  pen.fillStyle = sky
  pen.fillRect(0, 0, 960, 640)
  pen.fillStyle = `hsl(${(hue + 60) % 360} 95% 88%)`
  pen.beginPath()
  pen.arc(200 + Math.random() * 560, 190, 80, 0, 7)
  pen.fill()
  for (let layer = 0; layer < 4; layer += 1) drawHills(pen, hue, layer)
  pen.fillStyle = '#fffd'
  pen.font = '600 34px system-ui, sans-serif'
  pen.fillText(`Photo by ${name}`, 36, 600)
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(new File([blob], 'photo.jpg', { type: 'image/jpeg' })), 'image/jpeg', 0.85)
  })
}

function drawHills(pen, hue, layer) {
  const base = 330 + layer * 80
  const phase = Math.random() * 6
  pen.fillStyle = `hsl(${(hue + 150 + layer * 8) % 360} 38% ${58 - layer * 12}%)`
  pen.beginPath()
  pen.moveTo(0, 640)
  for (let x = 0; x <= 960; x += 16) pen.lineTo(x, base + Math.sin(x / (90 + layer * 35) + phase) * (46 - layer * 8))
  pen.lineTo(960, 640)
  pen.fill()
}
