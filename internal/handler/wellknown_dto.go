package handler

// JWKSResponse is a JSON Web Key Set (RFC 7517, section 5).
type JWKSResponse struct {
	Keys []JWK `json:"keys"`
} // @name JWKSResponse

// JWK is the public half of a key on the curve P-256 (RFC 7518, section 6.2.1).
type JWK struct {
	KeyType   string `json:"kty" enums:"EC" example:"EC"`
	Curve     string `json:"crv" enums:"P-256" example:"P-256"`
	X         string `json:"x" maxLength:"43" example:"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"`
	Y         string `json:"y" maxLength:"43" example:"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"`
	KeyID     string `json:"kid" maxLength:"64" example:"0199c0de"`
	Use       string `json:"use" enums:"sig" example:"sig"`
	Algorithm string `json:"alg" enums:"ES256" example:"ES256"`
} // @name JWK
