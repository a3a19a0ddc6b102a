package sms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
)

func TestURLs(t *testing.T) {
	t.Parallel()
	plain := []string{
		"https://sms.example.org", "https://token@sms.example.org/send", "http://[::1]:9000/", "http://localhost/sms",
		"https://token@sms.example.org/send?from=K&account=7", "smsc://login:pass%40word@smsc.ru?from=Kabinet",
		"smsc://apikey@www2.smsc.ru", "smsc+insecure://login:password@127.0.0.1:9000",
	}
	polled := []string{
		"smsru://6A5B@sms.ru?from=Kabinet", "smsru+insecure://6A5B@localhost:9000/",
		"https://login:password@sms.example.org/v1?from=Kabinet&settings=testdata/own.json",
		"https://token@sms.example.org?settings=testdata/own.json",
	}
	for i, good := range append(plain, polled...) {
		p, err := open(good)
		require.NoError(t, err, good)
		_, is := p.(delivery.Poller)
		require.Equal(t, i >= len(plain), is, good)
	}
	for _, bad := range []string{
		"", "canary", "https://", "http://sms.example.org/canary", "ftp://localhost/canary", "http://127.0.0.1.example.org",
		"https://user:canary@sms.example.org", "https://sms.example.org#canary", "https://canary:x\x00@h", "https://canary%00@h",
		"plain://canary@sms.example.org", "smsc://canary@smsc.ru/sys/send.php", "smsc://smsc.ru", "smsc://login:@smsc.ru",
		"smsc://canary@smsc.ru?sender=canary", "smsc://canary@smsc.ru?from=a&from=b", "smsc+insecure://canary@smsc.ru",
		"smsc+insecure+insecure://canary@localhost", "smsru://canary@sms.ru?settings=canary", "../plain://canary@h",
		"https://canary@h?settings=", "https://canary@h?settings=testdata/none.json", "https://canary@h?settings=testdata",
		"https://canary@h?settings=testdata/own.json&to=canary", "https://canary@h?%zz", "smsc://canary@h?%zz",
		"http://canary@sms.example.org?settings=testdata/own.json",
	} {
		_, err := open(bad)
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "canary")
	}
}
