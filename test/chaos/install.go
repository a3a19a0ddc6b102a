package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/csv"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"time"
)

// install makes an installation in production: settings, keys, a certificate,
// the schema and a register of payers.
func (w *world) install(_ context.Context) error {
	for name, value := range map[string]string{
		"ENV":                  "production",
		"KEYSET_FILE":          w.path("keyset.json"),
		"PUBLIC_URL":           "https://kabinet.example.org",
		"CABINET_URL":          "https://cabinet.example.org",
		"TRUSTED_PROXIES":      "127.0.0.0/8",
		"REGISTRY_PAYERS_URL":  "internal:",
		"EDO_CERT_FILE":        w.path("cert.pem"),
		"EDO_KEY_FILE":         w.path("key.pem"),
		"HASH_MEMORY_KIB":      "7168",
		"HASH_TIME":            "1",
		"POLICY_CODES_PER_DAY": "100",
		// People who wait for a code that does not come ask for another one, and
		// the run is too short for the usual pauses.
		"POLICY_CODE_RESEND_AFTER":         "10s",
		"POLICY_CODE_RESEND_AT_MOST":       "20s",
		"POLICY_CODES_PER_HOUR":            "50",
		"POLICY_CODES_PER_CLIENT":          "100",
		"POLICY_CODE_SMS_LIFETIME":         "2m",
		"POLICY_CODE_EMAIL_LIFETIME":       "4m",
		"POLICY_CHECK_RETRY_AFTER":         "2s",
		"POLICY_CHECK_RETRY_AT_MOST":       "10s",
		"POLICY_CHECK_POLL_AT_MOST":        "5s",
		"POLICY_PAYER_ATTEMPTS_PER_WINDOW": "20",
		"POLICY_PAYER_CODE_ATTEMPTS":       "50",
		"POLICY_ACCESS_TOKEN_LIFETIME":     "2m",
	} {
		w.settings["KABINET_"+name] = value
	}
	if err := w.makeSignature(); err != nil {
		return err
	}
	if err := w.makePayers(); err != nil {
		return err
	}
	for _, command := range [][]string{{"keys", "create"}, {"migrate"}, {"import", "payers", w.path("payers.csv"), "--strict"}} {
		if err := w.ask(command...); err != nil {
			return err
		}
	}
	return nil
}

// makeSignature writes the certificate that electronic documents are signed with.
func (w *world) makeSignature() error {
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		return err
	}
	for name, block := range map[string]pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(w.path(name), pem.EncodeToMemory(&block), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// makePayers writes the register of payers, in which everybody has an agreement
// on electronic documents.
func (w *world) makePayers() error {
	file, err := os.Create(w.path("payers.csv"))
	if err != nil {
		return err
	}
	rows := csv.NewWriter(file)
	all := [][]string{{
		"registration_number", "unified_number", "inn", "kpp", "ogrn", "name", "postal_index", "region", "area", "city", "street", "house",
		"building", "flat", "office_code", "edo_agreement", "edo_from", "edo_to", "state", "email",
	}}
	for n := range w.journeys {
		all = append(all, []string{
			payerNumber(n), "", payerINN(n), "670101001", payerOGRN(n), fmt.Sprintf("ООО «Синтетика %d»", n), "214000",
			"Смоленская область", "", "Смоленск", "ул. Примерная", strconv.Itoa(n + 1), "", "", "087-214", fmt.Sprintf("SYN-EDO-%d", n),
			"2020-01-01", "", "active", fmt.Sprintf("record-%d@%s", n, mailDomain),
		})
	}
	if err := rows.WriteAll(all); err != nil {
		return err
	}
	return file.Close()
}

// payerNumber, payerINN and payerOGRN are the numbers of the nth payer.
func payerNumber(n int) string { return fmt.Sprintf("087-214-%06d", n+1) }

func payerINN(n int) string {
	digits, sum := fmt.Sprintf("67%07d", n+1), 0
	for i, weight := range []int{2, 4, 10, 3, 5, 9, 4, 6, 8} {
		sum += weight * int(digits[i]-'0')
	}
	return digits + strconv.Itoa(sum%11%10)
}

func payerOGRN(n int) string {
	number := 126670000000 + n + 1
	return fmt.Sprintf("%d%d", number, number%11%10)
}
