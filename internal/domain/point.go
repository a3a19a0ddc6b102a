package domain

import (
	"errors"
	"math"
)

// earthRadius is the mean radius of the Earth in metres (IUGG, R1).
const earthRadius = 6_371_008.8

// MaxDistance is how far apart two places can be, in metres.
const MaxDistance = math.Pi * earthRadius

// ErrPoint is the error of coordinates that no place has.
var ErrPoint = errors.New("latitude must be from -90 to 90, longitude from -180 to 180 degrees")

// Point is a place on Earth, in degrees (WGS 84): north and east are positive.
type Point struct {
	Lat, Lon float64
}

// NewPoint returns the place with these coordinates, or [ErrPoint].
func NewPoint(lat, lon float64) (Point, error) {
	// The comparisons are so written that they refuse NaN, too.
	if !(math.Abs(lat) <= 90 && math.Abs(lon) <= 180) {
		return Point{}, ErrPoint
	}
	return Point{lat, lon}, nil
}

// DistanceTo is the length of the way to another place along a great circle, in
// metres, on a sphere (haversine formula): within 0.6 % of the way on the
// ellipsoid.
func (p Point) DistanceTo(other Point) float64 {
	lat1, lat2 := radians(p.Lat), radians(other.Lat)
	sinLat := math.Sin((lat2 - lat1) / 2)
	sinLon := math.Sin(radians(other.Lon-p.Lon) / 2)
	h := sinLat*sinLat + math.Cos(lat1)*math.Cos(lat2)*sinLon*sinLon
	return 2 * earthRadius * math.Asin(math.Sqrt(math.Min(h, 1)))
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }
