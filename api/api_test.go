package api_test

import (
	"encoding/json"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"example.org/kabinet/api"
)

func TestBothFormsSayTheSame(t *testing.T) {
	t.Parallel()
	var fromYAML, fromJSON any
	require.NoError(t, yaml.Unmarshal(api.YAML(), &fromYAML))
	require.NoError(t, json.Unmarshal(api.JSON(), &fromJSON))
	again, err := json.Marshal(fromYAML)
	require.NoError(t, err)
	want, err := json.Marshal(fromJSON)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(again))
}

// M23
func TestContractIsValid(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(api.YAML())
	require.NoError(t, err)
	require.Equal(t, "3.1.0", doc.OpenAPI)
	require.NoError(t, doc.Validate(t.Context()))
}

func TestCallersCannotChangeTheContract(t *testing.T) {
	t.Parallel()
	for _, form := range []func() []byte{api.YAML, api.JSON} {
		form()[0] = 0
		require.NotZero(t, form()[0])
	}
}
