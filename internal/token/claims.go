package token

import (
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// wireClaims is the token's body: RFC 9068, 2.2, and our own three.
type wireClaims struct {
	jwt.RegisteredClaims

	SessionID   string           `json:"sid"`
	AccountType string           `json:"account_type"`
	Level       string           `json:"level"`
	Scope       string           `json:"scope"`
	AuthTime    *jwt.NumericDate `json:"auth_time"`
}

func (i *Issuer) wire(c Claims) wireClaims {
	return wireClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    i.config.Issuer,
			Subject:   c.Subject.String(),
			Audience:  jwt.ClaimStrings{i.config.Audience},
			ExpiresAt: jwt.NewNumericDate(c.ExpiresAt),
			IssuedAt:  jwt.NewNumericDate(c.IssuedAt),
			ID:        c.ID,
		},
		SessionID:   c.SessionID.String(),
		AccountType: c.AccountType,
		Level:       c.Level,
		Scope:       c.Scope,
		AuthTime:    jwt.NewNumericDate(c.AuthTime),
	}
}

func (w wireClaims) claims() (Claims, error) {
	subject, errSubject := uuid.Parse(w.Subject)
	session, errSession := uuid.Parse(w.SessionID)
	if err := errors.Join(errSubject, errSession); err != nil {
		return Claims{}, fmt.Errorf("token: sub or sid: %w", err)
	}
	if w.IssuedAt == nil || w.AuthTime == nil || w.ID == "" || w.AccountType == "" {
		return Claims{}, errors.New("token: iat, auth_time, jti or account_type is missing")
	}
	return Claims{
		Subject:     subject,
		SessionID:   session,
		AccountType: w.AccountType,
		Level:       w.Level,
		Scope:       w.Scope,
		AuthTime:    w.AuthTime.UTC(),
		IssuedAt:    w.IssuedAt.UTC(),
		ExpiresAt:   w.ExpiresAt.UTC(),
		ID:          w.ID,
	}, nil
}
